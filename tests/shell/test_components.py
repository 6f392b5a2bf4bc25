"""The parts of a page say in words what they show in shape and colour, and keep the address that they stand in."""

import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core.paginator import Paginator

from components.templatetags import components, form_rows, matrix
from components.templatetags.components import SAME_STATE, STATES, state_of

TEMPLATES = settings.BASE_DIR / "templates"
SYMBOL = "{http://www.w3.org/2000/svg}symbol"


def drawn() -> set[str]:
    tree = ElementTree.parse(settings.BASE_DIR / "static/icons.svg")
    return {str(symbol.get("id")) for symbol in tree.iter(SYMBOL)}


def test_every_state_has_a_drawing_of_its_own():
    icons = [state.icon for state in STATES.values()]
    assert len(set(icons)) == len(icons)
    assert set(icons) <= drawn()


def test_every_icon_that_a_template_names_is_drawn():
    named = {
        name
        for template in (settings.BASE_DIR / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([^"]+)"', template.read_text())
    }
    assert "search" in named
    assert named - drawn() == set()


@pytest.mark.parametrize("name", [*STATES, *SAME_STATE, "in_progress", "not_done"])
def test_a_state_is_shown_by_shape_colour_and_text(render, name):
    state = state_of(name)
    shown = render("{% status name %}", name=name)
    assert f"#{state.icon}" in shown
    assert f"state-{state.key}" in shown
    assert f">{state.label}<" in shown


def test_a_state_that_the_legend_does_not_explain_is_refused():
    with pytest.raises(KeyError):
        state_of("nearly there")


def test_a_cell_of_the_matrix_says_its_state_and_its_queries_to_those_who_do_not_see_it(render):
    shown = render('{% status_icon "overdue" "C1 D1" queries=2 %}')
    assert '<span class="visually-hidden">Overdue, C1 D1</span>' in shown
    assert '2<span class="visually-hidden"> queries</span>' in shown


def test_sorting_keeps_the_filter_and_goes_back_to_the_first_page(render):
    shown = render('{% sort_header "number" "Subject" %}', "/subjects/?site=3&sort=number&page=4")
    assert 'href="?site=3&amp;sort=-number"' in shown
    assert 'aria-sort="ascending"' in shown


def test_paging_keeps_the_filter_and_the_order(render):
    page = Paginator(range(60), 10).page(2)
    shown = render('{% pager page "query" %}', "/queries/?status=open&sort=-age", page=page)
    assert "11–20 of 60 queries" in shown
    assert 'href="?status=open&amp;sort=-age&amp;page=3" rel="next"' in shown


def test_a_single_page_shows_its_count_and_no_links(render):
    shown = render('{% pager page "subject" %}', page=Paginator([1], 10).page(1))
    assert "1–1 of 1 subject" in shown
    assert "<a " not in shown


def test_what_a_user_typed_is_escaped_in_every_block(render):
    evil = "<script>alert(1)</script>"
    shown = render(
        "{% card evil note=evil %}{{ evil }}{% endcard %}{% notice 'info' title=evil %}{{ evil }}{% endnotice %}"
        "{% emptystate evil %}{{ evil }}{% endemptystate %}{% table_region evil %}{{ evil }}{% endtable_region %}"
        "{% number evil evil evil %}{% facts pairs %}{% dialog 'key' evil %}{{ evil }}{% enddialog %}",
        evil=evil,
        pairs=[(evil, evil)],
    )
    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") >= 12


def test_a_number_that_was_not_reached_is_a_dash_and_leads_nowhere(render):
    assert render("{% number value %}", value=None) == '<span class="number">–</span>'


def test_a_zero_is_a_number_with_its_link(render):
    assert '<a class="number" href="/x/">0<' in render("{% number 0 '/x/' 'events' %}")


@pytest.mark.parametrize("library", [components, form_rows, matrix])
def test_the_style_guide_shows_each_component_that_there_is(library):
    guide = (TEMPLATES / "styleguide.html").read_text() + (TEMPLATES / "components/form_page.html").read_text()
    assert [name for name in library.register.tags if f"{{% {name} " not in guide] == []


def test_no_page_draws_for_itself_what_is_a_component():
    drawn = re.compile(r'class="(tabs|pager|crumbs|legend|filters|empty|headline)"|<dialog|class="icon"')
    drawing = {
        template.relative_to(TEMPLATES).as_posix()
        for template in TEMPLATES.rglob("*.html")
        if template.parent.name != "components" and drawn.search(template.read_text())
    }
    # The number there is a link that the endpoints' own tag makes.
    assert drawing <= {"endpoints/results.html"}
