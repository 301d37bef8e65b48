// Keeps the two pages that run networks on the device once they were opened: they go on without a
// network. What comes from the server is always taken first. A service worker; each page has its own.
const COURSE = `dwsep ${new URL("./", location).pathname} `;
const KEPT = `${COURSE}VERSION`; // the builder writes a sum of all files here,
const SMALL = ["SMALL"]; // and here the names of those that a page begins with
const OURS = /\/(phone\.html|photo\.html|(scripts|litert|models)\/[^/]+)$/;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(SMALL)));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(COURSE) && name !== KEPT;
  const tidy = async () =>
    Promise.all((await caches.keys()).filter(old).map((name) => caches.delete(name)));
  event.waitUntil(tidy().then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === location.origin && OURS.test(pathname))
    event.respondWith(found(event));
});

async function found(event) {
  const { request } = event;
  const cache = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    const kept = answer.ok && cache.put(request, answer.clone());
    if (kept) event.waitUntil(kept.catch(() => {})); // without room the page goes on all the same
    return answer;
  } catch (unreachable) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw unreachable;
  }
}
