"""photo.html in a real browser: what it names equals Python's, and nothing leaves the device."""

import base64
import io

import numpy as np
import pytest

from dwsep_helpers.mobilenet import pretrained
from dwsep_helpers.mobilenet.photographs import photographs
from tests.site import served

Image = pytest.importorskip("PIL.Image")
torch = pytest.importorskip("torch")

WITHIN = 300_000  # ms: a busy machine is slow
NAMES = ("china", "flower", "grace_hopper")
REFUSES = """
navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('no', '{name}'));
"""
HIDES = """() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
TAKES_STREAMS = """
window.streams = [];
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (what) => {
    const stream = await ask(what);
    window.streams.push(stream);
    return stream;
};
"""
LIVE = "streams.flatMap((one) => one.getTracks()).filter((one) => one.readyState === 'live').length"


@pytest.fixture
def opened(chromium, address):
    """Return a function that opens the page, and close what it has opened."""
    before = set(chromium.contexts)

    def open_it(**how):
        page = served.opened(chromium, f"{address}photo.html", **how)
        page.wait_for_selector("#picks button")
        return page

    yield open_it
    for context in set(chromium.contexts) - before:
        context.close()


@pytest.fixture(scope="module")
def network():
    return pretrained.efficientnet_lite0()


def named(network, image):
    """Return the five best classes of Python's network in float32, and their per cent."""
    with torch.inference_mode():
        shares = network(torch.from_numpy(pretrained.prepare(image)))[0].softmax(0) * 100
    top = shares.topk(5)
    names = [pretrained.categories()[i] for i in top.indices]
    return names, top.values.numpy()


def shown(page, type):
    """Return what the page shows."""
    names = page.locator(f"#{type} .name").all_inner_texts()
    numbers = page.locator(f"#{type} .number").all_inner_texts()
    return names, np.array([float(number.removesuffix(" %")) for number in numbers])


def looked(page, act):
    """Do something, and wait until the page has looked at what came of it."""
    page.evaluate("document.getElementById('state').textContent = ''")
    act()
    page.wait_for_selector("#state:has-text('in int8.')", timeout=WITHIN)


def load_floats(page):
    page.click("#more")
    page.wait_for_selector("#f32-part", state="visible", timeout=WITHIN)
    assert page.evaluate("document.activeElement.id") == "file"  # the button is gone


def jpeg(image, **how):
    data = io.BytesIO()
    image.save(data, "JPEG", quality=95, **how)
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": data.getvalue()}


@pytest.mark.parametrize("size", served.SIZES)
def test_the_courses_photographs_are_named_as_in_python(opened, address, network, size):
    page = opened(size=size)
    assert not any(".wasm" in url or ".tflite" in url for url in page.requests)
    images = photographs(*NAMES)
    index = page.request.get(f"{address}models/index.json").json()["photo"]
    names = pretrained.categories()
    picks = page.locator("#picks button")
    assert picks.count() == len(index["photographs"])
    looked(page, picks.nth(0).click)
    load_floats(page)
    for number, photograph in enumerate(index["photographs"]):
        looked(page, picks.nth(number).click)
        assert picks.nth(number).get_attribute("aria-pressed") == "true"
        right, percent = named(network, images[photograph["name"]])
        found, numbers = shown(page, "f32")
        assert found == right
        np.testing.assert_allclose(numbers, percent, atol=0.06)
        found, numbers = shown(page, "i8")
        top = sorted(photograph["i8"]["top"], key=lambda one: (-one[1], one[0]))  # equals by number
        assert found == [names[i] for i, _ in top]
        np.testing.assert_allclose(numbers, [100 * share for _, share in top], atol=0.06)
        assert found[0] == right[0]
        assert photograph["credit"] in page.inner_text("#credit")
    assert page.inner_text("#i8-ms").startswith(tuple("123456789"))
    served.is_sound(page, address)
    served.is_accessible(page)


def test_a_file_is_cut_and_scaled_as_in_python(opened, address, network):
    page = opened()
    china, hopper = photographs("china", "grace_hopper").values()
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter before it is shown
    for image, how in (
        (china, {}),
        (hopper.resize((90, 130)), {}),
        (hopper.rotate(90, expand=True), {"exif": exif}),
    ):
        file = jpeg(image, **how)
        looked(page, lambda file=file: page.set_input_files("#file", file))
        if page.is_enabled("#more"):
            load_floats(page)
            page.wait_for_selector("#f32 .name")
        with Image.open(io.BytesIO(file["buffer"])) as opened_again:
            opened_again.load()
            right, percent = named(network, opened_again)
        found, numbers = shown(page, "f32")
        assert found == right
        np.testing.assert_allclose(numbers, percent, atol=1)  # decoders round differently
    served.is_sound(page, address)


def test_scaling_gives_pillows_bytes(opened):
    page = opened()
    for width, height in ((640, 427), (427, 640), (300, 300), (101, 80), (3, 2), (1, 1)):
        rng = np.random.default_rng(width)
        image = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        opaque = np.dstack([image, np.full((height, width), 255, np.uint8)])
        found = page.evaluate(
            """async ([text, width, height]) => {
                const { cut } = await import('./scripts/prepare.mjs');
                const bytes = Uint8ClampedArray.from(atob(text), (letter) => letter.charCodeAt(0));
                const canvas = new OffscreenCanvas(width, height);
                canvas.getContext('2d').putImageData(new ImageData(bytes, width, height), 0, 0);
                const found = cut(canvas, width, height, { side: 0.875, size: 224 });
                return btoa(Array.from(found, (byte) => String.fromCharCode(byte)).join(''));
            }""",
            [base64.b64encode(opaque.tobytes()).decode(), width, height],
        )
        right = pretrained.middle(image).resize((224, 224), Image.Resampling.BICUBIC)
        assert base64.b64decode(found) == right.tobytes()


def test_maps_are_drawn_with_their_names(opened, address):
    page = opened()
    looked(page, page.locator("#picks button").first.click)
    captions = page.locator("#maps figcaption").all_inner_texts()
    for name, caption in zip(("stem", "depthwise", "pointwise"), captions, strict=True):
        assert caption.startswith(name)
    spread = page.evaluate(
        """[...document.querySelectorAll('#maps canvas')].map((canvas) => {
            const { width, height } = canvas;
            return new Set(canvas.getContext('2d').getImageData(0, 0, width, height).data).size;
        })"""
    )
    assert min(spread) > 100  # shades


def test_a_picture_can_be_dropped(opened, address):
    page = opened()
    drop = """async () => {
        const blob = await (await fetch('models/china.png')).blob();
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([blob], 'china.png', { type: 'image/png' }));
        dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
    }"""
    looked(page, lambda: page.evaluate(drop))
    assert shown(page, "i8")[0][0] == "palace"
    served.is_sound(page, address)


def test_a_file_that_is_no_picture_gets_a_sentence(opened, address):
    page = opened()
    looked(page, page.locator("#picks button").nth(0).click)
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    page.set_input_files("#file", file)
    page.wait_for_selector("#state:has-text('no picture that this browser')", timeout=WITHIN)
    assert not page.is_visible("#result")
    served.is_sound(page, address)


def test_the_camera_runs_until_it_is_stopped_or_the_page_is_hidden(opened, address):
    page = opened(size="phone", script=TAKES_STREAMS)
    assert page.evaluate("streams.length") == 0
    for stops, says in (
        (lambda: page.click("#camera"), "was stopped."),
        (lambda: page.evaluate(HIDES), "background"),
    ):
        page.click("#camera")
        page.wait_for_selector("#state:has-text('The camera runs')", timeout=WITHIN)
        page.wait_for_selector("#i8-ms:has-text('the median of')", timeout=WITHIN)
        assert page.evaluate(LIVE) == 1
        assert len(shown(page, "i8")[0]) == 5
        assert page.get_attribute("#seen", "aria-label") == "The camera’s latest frame"
        stops()
        page.wait_for_selector(f"#state:has-text('{says}')")
        assert page.evaluate(LIVE) == 0
        assert page.inner_text("#camera") == "Start the camera"
    served.is_sound(page, address)


@pytest.mark.parametrize(
    ("name", "says"),
    [("NotAllowedError", "wasn’t allowed"), ("NotFoundError", "No camera was found")],
)
def test_a_camera_that_is_refused_gets_a_sentence(opened, address, name, says):
    page = opened(script=REFUSES.replace("{name}", name))
    page.click("#camera")
    page.wait_for_selector(f"#state:has-text('{says}')", timeout=WITHIN)
    assert page.inner_text("#camera") == "Start the camera"
    served.is_sound(page, address)


def test_where_a_page_gets_no_camera_it_says_so(opened, address):
    script = "Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });"
    page = opened(script=script)
    page.click("#camera")
    page.wait_for_selector("#state:has-text('only over https')")
    served.is_sound(page, address)


def test_wrong_numbers_get_no_verdict(opened, address):
    def changed(route):
        index = route.fetch().json()
        index["photo"]["i8"]["expected"][0] += 1e-6
        route.fulfill(json=index)

    page = opened()
    page.route("**/index.json", changed)
    page.reload()
    page.locator("#picks button").first.click()
    page.wait_for_selector("#state:has-text('other numbers on this device')", timeout=WITHIN)
    assert not page.is_visible("#result")


def test_the_page_comes_back(opened, address):
    page = opened()
    page.goto(f"{address}phone.html")
    page.go_back()
    page.wait_for_selector("#picks button")
    page.reload()
    looked(page, page.locator("#picks button").first.click)
    served.is_sound(page, address)


def test_the_page_may_ask_nobody_else(opened):
    assert opened().evaluate(served.ASKS_OUTSIDE) == "connect-src"
