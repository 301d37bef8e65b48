"""What the pages in deploy/ name is there. What they say to do is done in test_jupyterhub."""

import re
import tomllib

import pytest

PAGES = ("jupyterhub/README.md", "tljh.md", "kubernetes.md")


@pytest.mark.parametrize("page", PAGES)
def test_links_and_extras_are_there(root, page):
    path = root / "deploy" / page
    text = path.read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", text)
    assert links
    assert [link for link in links if not (path.parent / link).exists()] == []
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = {name for named in re.findall(r"\[([a-z,]+)\]['`]", text) for name in named.split(",")}
    assert extras
    assert extras <= set(project["optional-dependencies"])


def test_the_littlest_jupyterhub_changes_what_is_there(root):
    page = (root / "deploy" / "tljh.md").read_text()
    settings = (root / "deploy" / "jupyterhub" / "formgrader.py").read_text()
    (block,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = re.findall(r"^(\w+) = ", block, re.MULTILINE)
    assert names == ["PROGRAMS", "TEACHERS"]
    assert all(re.search(rf"^{name} = ", settings, re.MULTILINE) for name in names)
