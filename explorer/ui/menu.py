"""A list from which one option is chosen."""

import panel as pn

LOOK = """
:host { color: var(--ex-ink); }
label { font-size: calc(12px * var(--ex-zoom, 1)); }
label { color: var(--ex-muted) !important; background: var(--ex-card) !important; }
select.bk-input {
  width: 100%; min-height: 32px; padding: 4px 28px 4px 8px; font: inherit; font-size: calc(13px * var(--ex-zoom, 1));
  color: var(--ex-ink); background-color: var(--ex-card); text-overflow: ellipsis;
  border: 1px solid var(--ex-line); border-radius: 4px;
  color-scheme: var(--ex-scheme, light);
}
select:not([multiple]).bk-input { /* as Bokeh names it, whose arrow is black on dark, too */
  background-image: linear-gradient(45deg, transparent 50%, var(--ex-ink) 50%),
    linear-gradient(-45deg, transparent 50%, var(--ex-ink) 50%);
  background-position: right 14px center, right 9px center; background-size: 5px 5px; background-repeat: no-repeat;
  padding-right: 28px;
}
select.bk-input:focus-visible { outline: 2px solid var(--ex-blue); outline-offset: 1px; }
option { color: var(--ex-ink); background-color: var(--ex-card); }
"""


class Menu(pn.widgets.Select):
    """The browser's own list: a screen reader finds its options, a phone shows it as it shows all others.

    Material's has menu items in a list box: Panel wraps them in a fragment, and MUI gives its role to that.
    """

    _stylesheets = ()

    def __init__(self, **options: object) -> None:
        super().__init__(stylesheets=[LOOK], **options)
