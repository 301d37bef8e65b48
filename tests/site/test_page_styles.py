"""How the two pages look where a reader has chosen the colours."""

import pytest

KINDS = ("here", "shared", "macs", "processor", "npu", "f32", "i8")


@pytest.mark.parametrize("chosen", ["light", "dark"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_keep_their_fills_in_forced_colours(chromium, root, chosen, scheme):
    page = chromium.new_page(forced_colors="active", color_scheme=scheme)
    page.set_content(
        f"<!doctype html><html data-theme={chosen}><style>"
        + (root / "site/pages/pages.css").read_text("utf-8")
        + "</style><ul class=bars>"
        + "".join(f"<li><span class='bar {kind}' style='width: 9px'></span>" for kind in KINDS)
        + "</ul><p style='background: Canvas'>ink</p>"
    )
    edges = page.locator(".bar").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).borderTopColor)"
    )
    fills = page.locator(".here, .processor, .f32").evaluate_all(
        "all => all.map((one) => getComputedStyle(one).backgroundColor)"
    )
    ink, paper = (
        page.locator("p").evaluate(f"one => getComputedStyle(one).{of}")
        for of in ("color", "backgroundColor")
    )
    page.close()
    assert set(edges) == {ink} != {paper}
    assert paper not in fills
