"""phone.html in a real browser: what it measures, shows, shares, refuses. Times aren't judged."""

import json
import re
from urllib.parse import quote

import numpy as np
import pytest
import zxingcpp
from builder import pages as built
from builder import serving

from dwsep_helpers.hardware import phone_lines
from tests.browser import lab
from tests.site import served

WITHIN = 300_000  # ms: a busy machine is slow
HIDES = """() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
WITHOUT_RELAXED_SIMD = """
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = (code, ...more) =>
    code.byteLength < 1000 ? Promise.reject(new Error('no')) : instantiate(code, ...more);
"""
GOOD = {
    "dwsep": 1,
    "network": "mnv1_0.5_160",
    "type": "f32",
    "dense": {"best": 42},
    "separable": {"best": 7},
    "right": True,
    "hidden": False,
    "device": "Their phone",
}


@pytest.fixture
def opened(chromium, address):
    """Return a function that opens the page, and close what it has opened."""
    before = set(chromium.contexts)

    def open_it(hash="", **how):
        page = served.opened(chromium, f"{address}phone.html{hash}", **how)
        page.wait_for_selector("#go:enabled")
        return page

    yield open_it
    for context in set(chromium.contexts) - before:
        context.close()


def measure(page):
    """Measure; return the line."""
    page.click("#go")
    page.wait_for_selector("#work", state="hidden", timeout=WITHIN)
    assert page.is_visible("#result"), page.inner_text("#state")
    return page.inner_text("#line")


def test_the_engine_starts_when_it_is_asked_to(opened, address):
    page = opened()
    assert not any(".wasm" in url or ".tflite" in url for url in page.requests)
    served.is_sound(page, address)


@pytest.mark.parametrize("size", served.SIZES)
def test_a_default_run_is_small_right_and_told(opened, address, size):
    page = opened(size=size)
    line = measure(page)
    fields = json.loads(line)
    assert fields["right"] is True
    assert 0 < fields["error"] < 1e-4
    assert fields["build"] == "relaxed SIMD"
    found = phone_lines.row(line)
    assert (found.width, found.resolution, found.dtype) == (0.5, 160, "float32")
    assert found.dense_ms == fields["dense"]["best"] <= fields["dense"]["median"]
    assert fields["separable"]["median"] <= fields["separable"]["p90"]
    assert fields["separable"]["calls"] >= 5
    assert "It makes 8.14 times fewer MACs" in page.inner_text("#verdict")
    rows = page.locator("#times tbody tr")
    assert rows.locator("th").all_inner_texts() == ["dense twin", "MobileNet"]
    bars = page.inner_text("#bars")
    for name in ("what the MACs promise", "here", "AMD EPYC", "Ethos-U55", "8.14 times"):
        assert name in bars
    assert page.evaluate("document.activeElement.id") == "result-title"
    assert sum(page.bytes) < 6e6
    served.is_sound(page, address)
    served.is_accessible(page)


def test_a_result_is_copied_shared_and_stays(opened, address, chromium):
    page = opened(size="phone")
    measure(page)
    page.fill("[name=device]", "Grandpa’s <b>phone</b> 3")
    page.fill("[name=year]", "2019")
    line = page.inner_text("#line")
    assert "'" not in line  # so that it fits between the notebook's marks
    assert (phone_lines.row(line).name, phone_lines.row(line).year) == (
        "Grandpa s b phone /b 3",
        2019,
    )
    page.click("#copy")
    page.wait_for_selector("#copied:has-text('copied')")
    assert page.evaluate("navigator.clipboard.readText()") == line
    page.click("#share")
    page.wait_for_selector("#copied:has-text('link')")
    link = page.evaluate("navigator.clipboard.readText()")
    page.reload()
    page.wait_for_selector("#result:visible")
    assert page.inner_text("#line") == line
    page.goto(f"{address}photo.html")
    page.go_back()
    page.wait_for_selector("#result:visible")
    assert page.inner_text("#line") == line

    other = opened(hash=link.partition("phone.html")[2])
    assert "Shared with you: Grandpa s b phone /b 3" in other.inner_text("#shared")
    assert "shared with you" in other.inner_text("#bars")
    assert not other.is_visible("#result")
    measure(other)
    assert {"here", "Grandpa s b phone /b 3, shared with you"} <= set(
        other.locator("#bars .name").all_inner_texts()
    )
    served.is_sound(other, address)


def test_eight_bits_are_right_to_the_bit_and_layers_and_heat_are_in_the_line(opened, address):
    page = opened()
    page.check("[value=i8]")
    page.check("[name=layers]")
    page.check("[name=minute]")
    assert "mnv1_0.5_160_dense_i8.tflite" in page.inner_text("#litert")
    fields = json.loads(measure(page))
    assert fields["error"] == 0
    page.click("#about summary")
    page.fill("[name=native-dense]", "6,5")
    for typed, told in (
        ("1.3 ms", "“1.3 ms” is no time in milliseconds"),
        ("1,200", "“1,200” could be 1200 or 1.2: write one of them"),
        ("", "is lacking"),
    ):
        page.fill("[name=native-separable]", typed)
        page.fill("[name=year]", "")  # whoever goes on to another field is told
        assert told in page.inner_text("#unread")
        assert phone_lines.row(page.inner_text("#line")).native is None
    page.fill("[name=year]", "soon")
    page.fill("[name=native-separable]", "1.3")
    assert "“soon” is no year such as 2023" in page.inner_text("#unread")
    page.fill("[name=year]", "2024")
    assert page.inner_text("#unread") == ""
    found = phone_lines.row(page.inner_text("#line"))
    assert found.dtype == "int8"
    assert list(found.layers) == ["standard", "pointwise", "depthwise"]
    assert list(found.heat) == ["dense", "separable"]
    assert found.native == phone_lines.Native("benchmark_model", 6.5, 1.3)
    assert found.year == 2024
    assert "at first" in page.inner_text("#heat")
    assert page.locator("#layer-times tbody tr").count() == 3
    assert "here, by benchmark_model" in page.inner_text("#bars")
    served.is_sound(page, address)


@pytest.mark.parametrize("lets", [True, False])
def test_over_http_line_and_link_are_copied_the_old_way_or_selected(opened, lets):
    page = opened(
        script=f"""globalThis.kept = navigator.clipboard;
        Object.defineProperty(navigator, 'clipboard', {{ value: undefined }});
        if (!{json.dumps(lets)}) Document.prototype.execCommand = () => false;"""
    )
    line = measure(page)
    for button, name in (("#copy", "line"), ("#share", "link")):
        page.click(button)
        says = f"The {name} is copied." if lets else f"The {name} is selected: copy it by hand."
        page.wait_for_selector(f"#copied:has-text('{says}')")
        found = page.evaluate("kept.readText()" if lets else "String(getSelection())")
        assert found == page.inner_text(f"#{name}")
    assert page.inner_text("#link").endswith("#line=" + quote(line, safe="!*'()"))
    page.fill("[name=year]", "2019")
    assert not page.is_visible("#link")


def test_what_a_reader_typed_stays_with_the_network_it_was_typed_for(opened):
    page = opened(size="phone")
    measure(page)
    page.fill("[name=device]", "Anna")
    page.click("#about summary")
    page.select_option("[name=tool]", "executor_runner")
    for name, typed in (("dense", "6.5"), ("separable", "1.3"), ("threads", "4")):
        page.fill(f"[name=native-{name}]", typed)
    line = page.inner_text("#line")
    assert phone_lines.row(line).native == phone_lines.Native("executor_runner", 6.5, 1.3, 4)
    assert "here, by executor_runner, 4 threads" in page.inner_text("#bars")
    page.reload()
    page.wait_for_selector("#result:visible")
    assert page.inner_text("#line") == line
    again = phone_lines.row(measure(page))
    assert (again.name, again.native) == ("Anna", phone_lines.row(line).native)
    line = page.inner_text("#line")
    page.evaluate("document.querySelector('main').dataset.seconds = 60")
    page.click("#go")
    page.wait_for_selector("#state:has-text('Measuring')", timeout=WITHIN)
    page.click("#stop")
    page.wait_for_selector("#state:has-text('Cancelled.')", timeout=WITHIN)
    page.reload()
    page.wait_for_selector("#result:visible")
    assert page.inner_text("#line") == line  # of the measurement before
    page.fill("[name=year]", "soon")
    measure(page)
    assert "“soon” is no year" in page.inner_text("#unread")
    page.check("[value=i8]")
    other = phone_lines.row(measure(page))
    assert (other.name, other.dtype, other.native) == ("Anna", "int8", None)
    assert "those of another network" in page.inner_text("#unread")


def test_whose_times_are_a_graphics_processor_s_is_said(opened):
    line = json.dumps({**GOOD, "build": "WebGPU"})
    page = opened(hash=f"#line={quote(line)}")
    assert "Their phone, by WebGPU, α = 0.5, 160×160, float32: dense" in page.inner_text("#shared")
    assert "Their phone, by WebGPU, shared with you" in page.inner_text("#bars")
    assert str(phone_lines.row(line)).startswith("Their phone, by WebGPU, α = 0.5")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("delete globalThis.WebAssembly", "has no WebAssembly, or it is switched off"),
        ("delete globalThis.DecompressionStream", "This browser is too old"),
        (
            """const ask = globalThis.fetch;  // as Safari words it
            globalThis.fetch = (url, ...how) => String(url).includes('.wasm')
                ? Promise.reject(new TypeError('Load failed')) : ask(url, ...how);""",
            "is the device offline?",
        ),
    ],
)
def test_what_a_browser_lacks_is_said_in_words(opened, script, says):
    page = opened(script=script)
    page.click("#go")
    page.wait_for_selector(f"#state:has-text('{says}')")
    assert page.is_enabled("#go")
    assert not page.is_visible("#result")


def test_without_relaxed_simd_the_other_build_runs_and_the_line_says_so(opened, address):
    page = opened(script=WITHOUT_RELAXED_SIMD)
    assert json.loads(measure(page))["build"] == "SIMD"
    served.is_sound(page, address)


def test_webgpu_gives_the_same_numbers(chromium, address):
    """On a graphics processor made of software, which this browser brings along."""
    software = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
    vulkan = ["--enable-features=Vulkan", "--use-vulkan=swiftshader", "--ignore-gpu-blocklist"]
    other = chromium.browser_type.launch(
        executable_path=lab.find_browser(), args=["--no-sandbox", *software, *vulkan]
    )
    page = served.opened(other, f"{address}phone.html")
    page.wait_for_selector("#go:enabled")
    if not page.is_visible("#processors"):
        pytest.skip("this browser has no WebGPU")
    page.check("[value=webgpu]")
    assert page.is_disabled("[value=i8]")
    error = page.evaluate(
        """async () => {
            const { network, start } = await import('./scripts/engine.mjs');
            const { numbers, off } = await import('./scripts/measuring.mjs');
            const { networks } = await (await fetch('models/index.json')).json();
            const one = networks.find(({ kind, type }) => kind + type === 'separablef32');
            await start();
            const ready = await network(one.file, one.input, { graphics: true });
            await ready.set(numbers(one.seed, one.input.reduce((a, b) => a * b)));
            const [found] = await ready.outputs();
            return off(one.expected, one.largest, found);
        }"""
    )
    assert error < 1e-4
    served.is_sound(page, address)
    other.close()


@pytest.mark.parametrize(("type", "by"), [("f32", 1e-3), ("i8", 1e-5)])
def test_wrong_numbers_get_no_time(opened, address, type, by):
    def changed(route):
        index = route.fetch().json()
        for entry in index["networks"]:
            entry["expected"][5] += by * entry["largest"] * (entry["kind"] == "separable")
        route.fulfill(json=index)

    page = opened(hash="?wrong")
    page.route("**/index.json", changed)
    page.reload()
    page.wait_for_selector("#go:enabled")
    page.check(f"[value={type}]")
    page.click("#go")
    page.wait_for_selector("#state:has-text('other numbers')", timeout=WITHIN)
    assert "no time is shown" in page.inner_text("#state")
    assert not page.is_visible("#result")
    assert not page.is_visible("#own-line")
    assert page.is_enabled("#go")
    served.is_sound(page, address)


@pytest.mark.parametrize(
    ("stops", "says"),
    [
        (HIDES, "The page was in the background"),
        ("document.getElementById('stop').click()", "Cancelled."),
    ],
)
def test_a_run_that_is_hidden_or_cancelled_gives_nothing(opened, address, stops, says):
    page = opened()
    page.evaluate("document.querySelector('main').dataset.seconds = 60")
    page.click("#go")
    page.wait_for_selector("#state:has-text('Measuring')", timeout=WITHIN)
    page.evaluate(stops)
    page.wait_for_selector(f"#state:has-text('{says}')", timeout=WITHIN)
    assert not page.is_visible("#result")
    assert page.is_enabled("#go")
    assert page.evaluate("document.activeElement.id") == "go"  # for who measures by keyboard
    served.is_sound(page, address)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"dwsep":1', "it was cut or changed"),
        (json.dumps({**GOOD, "hidden": True}), "the page was in the background there"),
        (json.dumps({**GOOD, "right": False}), "numbers were wrong there"),
        (json.dumps({**GOOD, "dense": {"best": "42"}}), "its dense network has no time"),
        (json.dumps({**GOOD, "network": "resnet"}), "its network is unknown"),
        (json.dumps({**GOOD, "device": "x" * 5000}), "it is too long"),
        (json.dumps([GOOD]), "it isn't of this page"),
        (json.dumps({**GOOD, "device": "<img src=x onerror=alert(1)>"}), "img src x onerror"),
    ],
)
def test_a_link_is_read_with_care(opened, address, line, says):
    page = opened(hash=f"#line={quote(line)}")
    assert says in page.inner_text("#shared")
    assert page.locator("#shared img, #bars img").count() == 0
    served.is_sound(page, address)


def test_a_site_without_its_models_says_so(chromium, address):
    page = served.opened(chromium, "about:blank")
    page.route("**/index.json", lambda route: route.fulfill(status=404, body=""))
    page.goto(f"{address}phone.html")
    page.wait_for_selector("#state:has-text('index.json could not be fetched')")
    assert page.is_disabled("#go")
    page.context.close()


def test_after_the_first_visit_it_works_without_a_network(chromium, site):
    with serving.served(site.parent) as top:
        address = f"{top}site/"
        page = served.opened(chromium, f"{address}phone.html", service_workers="allow")
        asked = []
        page.context.on("request", lambda request: asked.append(request.url))
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        page.wait_for_selector("#go:enabled")
        measure(page)
        assert [url for url in asked if not url.startswith(address)] == []
    page.evaluate("sessionStorage.clear()")
    page.reload()  # the server is gone
    page.wait_for_selector("#go:enabled")
    assert not page.is_visible("#result")
    phone_lines.row(measure(page))
    page.goto(f"{address}phone.html?again")
    page.wait_for_selector("#result:visible")
    page.context.close()


def test_where_there_is_no_room_to_keep_files_it_measures_all_the_same(chromium, address):
    page = served.opened(chromium, f"{address}phone.html", service_workers="allow")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_selector("#go:enabled")
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    room = {"origin": address.removesuffix("/site/"), "quotaSize": 1000}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", room)
    phone_lines.row(measure(page))
    assert page.errors == []
    page.context.close()


def test_the_page_may_ask_nobody_else(opened):
    assert opened().evaluate(served.ASKS_OUTSIDE) == "connect-src"


def test_inputs_errors_and_quantiles_are_those_of_python(opened, address):
    page = opened()
    values = [3.0, 1.5, 9.25, 4.0, 2.0, 7.5, 7.0]
    found = page.evaluate(
        """async ([values]) => {
            const { numbers, off, quantile, warming } = await import('./scripts/measuring.mjs');
            const index = await (await fetch('models/index.json')).json();
            const samples = values.map((ms, at) => ({ ms, at }));
            return {
                numbers: Array.from(numbers(1, 4)), first: index.numbers.first,
                off: [off([1, 2], 2, [1, 2.5]), String(off([1], 1, [NaN]))],
                quantiles: [0, 0.1, 0.5, 0.9, 1].map((share) => quantile(values, share)),
                warming: warming({ samples }, 6),
                still: warming({ samples: samples.slice(2, 5) }, 6), // none at first, none at last
            };
        }""",
        [values],
    )
    np.testing.assert_array_equal(*(np.float32(found[name]) for name in ("numbers", "first")))
    assert found["off"] == [0.25, "Infinity"]
    np.testing.assert_allclose(found["quantiles"], np.quantile(values, [0, 0.1, 0.5, 0.9, 1]))
    assert found["warming"] == {"first": 3.0, "last": 7.25}
    assert found["still"] == {"first": 9.25, "last": 2}


def test_commands_name_the_chosen_files(opened):
    page = opened()
    assert "--graph=/data/local/tmp/mnv1_0.5_160_separable_f32.tflite" in page.inner_text("#litert")
    assert "width_multiplier=0.5" in page.inner_text("#pte")
    assert "torch.rand(1, 3, 160, 160)" in page.inner_text("#pte")
    assert "--model_path=/data/local/tmp/dense.pte" in page.inner_text("#executorch")
    assert "quantized" not in page.inner_text("#pte")
    page.check("[value=i8]")
    assert "export.export(export.quantized(network, images), images[:1])" in page.inner_text("#pte")
    compile(page.inner_text("#pte"), "pte", "exec")
    page.check("[value=f32]")
    href = page.get_attribute("#file-dense", "href")
    assert page.request.get(page.evaluate("(to) => new URL(to, location).href", href)).ok


def test_the_qr_code_is_the_address(opened):
    address = "https://example.org/dwsep-course/phone.html"
    path, size = opened().evaluate(
        """async (address) => {
            const svg = (await import('./scripts/qr.mjs')).drawn(address);
            return [svg.querySelector('path').getAttribute('d'), svg.getAttribute('viewBox')];
        }""",
        address,
    )
    image = np.full((int(size.split()[-1]) + 8,) * 2, 255, np.uint8)
    for x, y in re.findall(r"M(\d+) (\d+)", path):
        image[int(y) + 4, int(x) + 4] = 0
    (found,) = zxingcpp.read_barcodes(image.repeat(5, axis=0).repeat(5, axis=1))
    assert found.text == address


def test_on_the_computer_that_serves_it_the_page_shows_no_code(opened):
    page = opened()
    assert "served by this very computer" in page.inner_text("#address")
    assert page.locator("#qr svg").count() == 0


def test_make_site_says_how_a_phone_gets_there(tmp_path, monkeypatch):
    monkeypatch.setattr(built, "_address", lambda: "192.168.1.20")
    said = built.invitation(tmp_path)
    assert f"python -m http.server 8000 --directory {tmp_path}" in said
    assert "http://192.168.1.20:8000/phone.html" in said
    assert len(said.splitlines()) > 12
    monkeypatch.setattr(built, "_address", lambda: None)
    assert len(built.invitation(tmp_path).splitlines()) == 1
