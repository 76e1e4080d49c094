"""A picture in SVG shows, and does nothing else; one that does nothing stays as it is, byte by byte."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlopscards.svg import RUNS, NoPicture, inert

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(inner: str) -> bytes:
    return f"<svg {SPACES}>{inner}</svg>".encode()


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ("<script>alert(1)</script>", ""),
        ("<script/><circle r='1'/>", "<circle r='1'/>"),
        ("<g><script>a<![CDATA[ </script> ]]></script><text>a &lt; b</text></g>", "<g><text>a &lt; b</text></g>"),
        ('<x:script xmlns:x="http://www.w3.org/2000/svg">x</x:script>', ""),
        ("<SCRIPT>x</SCRIPT>", ""),
        ('<rect onload="x" width="3"/>', '<rect width="3"/>'),
        ("<rect width='3' onclick='a > b'>x</rect>", '<rect width="3">x</rect>'),
        ('<a xlink:href="java&#115;cript:x"><text>t</text></a>', "<a><text>t</text></a>"),
        ('<a href=" java\tscript:x">t</a>', "<a>t</a>"),
        ('<a href="data:text/html,x">t</a>', "<a>t</a>"),
        ('<image href="data:image/svg+xml;base64,AAA"/>', "<image/>"),
        ('<iframe src="javascript:x"/>', ""),
        ('<foreignObject><div onclick="x">t</div></foreignObject>', "<foreignObject><div>t</div></foreignObject>"),
        ('<foreignObject><iframe srcdoc="x"/></foreignObject>', "<foreignObject></foreignObject>"),
        ('<set attributeName="href" to="javascript:x"/>', ""),
        ('<animate attributeName="onclick" values="x"/>', ""),
        ('<handler type="text/ecmascript">x</handler>', ""),
        ('<rect style="background: url(javascript:x)"/>', "<rect/>"),
        ('<svg onload="a"><svg onload="b">c</svg></svg>', "<svg><svg>c</svg></svg>"),
        ('<text onclick="x">&lt;script&gt; é</text>', "<text>&lt;script&gt; é</text>"),
    ],
)
def test_what_could_run_is_cut_out(inner: str, left: str) -> None:
    assert inert(svg(inner)) == svg(left)


@pytest.mark.parametrize(
    "content",
    [
        svg('<style>.a { fill: red }</style><path class="a" d="M0 0"/>'),
        svg('<use href="#a"/><a href="https://example.org/">t</a><image xlink:href="data:image/png;base64,AAA"/>'),
        svg('<animate attributeName="opacity" from="0" to="1"/>'),
        svg("<text>on = script, href</text>"),
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg11.dtd">\n<svg/>',
        b"<svg",
    ],
)
def test_a_harmless_picture_stays_as_it_is(content: bytes) -> None:
    assert inert(content) == content


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
        b"<svg><script></svg>",
        svg("<style>@import url(x)</style>"),
        b'<?xml version="1.0" encoding="utf-16"?><svg/>',
        "<svg><script/></svg>".encode("utf-16"),
        b'<?xml version="1.0" encoding="utf-7"?><svg>+ADw-script+AD4-</svg>',
    ],
)
def test_what_cannot_be_made_safe_is_no_picture(content: bytes) -> None:
    with pytest.raises(NoPicture):
        inert(content)


def test_a_style_sheet_from_elsewhere_goes() -> None:
    assert inert(b'<?xml-stylesheet href="x.css"?><svg/>') == b"<svg/>"


NAMES = st.sampled_from(["g", "script", "a", "set", "text", "foreignObject", "style", "SCRIPT", "iframe"])
VALUES = st.sampled_from(["x", "javascript:x", "#a", "java&#10;script:x", "href", "a&gt;b", "https://x.org"])
KEYS = st.sampled_from(["onload", "href", "xlink:href", "attributeName", "width", "ONCLICK", "style", "src"])
LEAVES = st.sampled_from(["", "t", "&lt;script&gt;", "<!-- <script> -->", "<![CDATA[<script>]]>", "é"])


def elements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(name: str, pairs: dict[str, str], parts: list[str]) -> str:
        attributes = "".join(f' {key}="{value}"' for key, value in pairs.items())
        return f"<{name}{attributes}>{''.join(parts)}</{name}>" if parts else f"<{name}{attributes}/>"

    return st.builds(written, NAMES, st.dictionaries(KEYS, VALUES, max_size=2), st.lists(inner, max_size=3))


@given(st.lists(st.recursive(LEAVES, elements, max_leaves=12), max_size=3).map("".join))
def test_nothing_is_left_that_could_run(inner: str) -> None:
    try:
        clean = inert(svg(inner))
    except NoPicture:
        return
    assert inert(clean) == clean
    for element in ElementTree.fromstring(clean).iter():
        assert element.tag.rpartition("}")[2].lower() not in RUNS
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on")
            assert not (key.endswith(("href", "src")) and "script:" in value)
