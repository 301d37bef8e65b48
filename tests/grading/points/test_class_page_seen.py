"""The pages on the class in a browser: on a phone too, in the dark, and for everybody."""

import pytest

from dwsep_helpers.grading.points import class_page
from tests.explorables import pages
from tests.grading.points.test_report import CLASS, COUNTS


@pytest.fixture(scope="module")
def chromium():
    with pages.chromium() as started:
        yield started


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    return class_page.write_unit(folder, CLASS, COUNTS, {}), class_page.write_term(
        folder, [CLASS, CLASS], {}
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_read_it(chromium, written, width, scheme):
    how = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    context = chromium.new_context(**how, bypass_csp=True)  # axe-core comes in as a script
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in written:
        page.goto(path.as_uri())
        assert pages.violations(page) == []
        assert not pages.overflows(page)
    assert asked == [path.as_uri() for path in written]
    context.close()
