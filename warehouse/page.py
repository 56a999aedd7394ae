"""A page on which people without any installation query the published library database: `make sql`.

Run by marimo in its own environment (.tools/sqlpage), on 127.0.0.1 alone. Readers type SQL, never Python; the connection
can read this one database and no other file, and every answer comes from the build that is published at that moment.
"""

import marimo

app = marimo.App(width="full", app_title="学衡 · 查询")

with app.setup:
    import os
    import re
    import time
    from pathlib import Path

    import duckdb
    import marimo as mo

    MOST = 100_000  # rows shown; more are for `xueheng sql --out`
    COOKBOOK = Path(__file__).parent / "cookbook"


@app.function
def answer(library, sql):
    """Rows (at most MOST), build id, seconds; the database's own words when the query is wrong."""
    with duckdb.connect(str(Path(library).resolve()), read_only=True) as connection:
        connection.execute("SET threads = 2; SET memory_limit = '2GB'; SET max_temp_directory_size = '0KB'")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        ((build_id,),) = connection.execute("SELECT build_id FROM lake.build").fetchall()
        started = time.monotonic()
        asked = connection.sql(sql)
        rows = None if asked is None else asked.limit(MOST).pl()
        return rows, build_id, time.monotonic() - started


@app.function
def questions():
    """Title -> SQL of the questions that need no personal data."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(COOKBOOK.glob("*.sql"))]
    return {t.splitlines()[0][3:]: t for t in texts if re.search(r"^-- 数据库：library", t, re.MULTILINE)}


@app.cell
def _():
    library = os.environ["XUEHENG_LIBRARY"]
    asked = questions()
    first = next(iter(asked))
    chosen = mo.ui.dropdown(asked, value=first, label="现成的问题", searchable=True, full_width=True)
    mo.vstack([mo.md("# 学衡 · 查询\n只读：在这里改不了任何数据，也读不到别的文件。"), chosen])
    return chosen, library


@app.cell
def _(chosen):
    form = mo.ui.code_editor(chosen.value or "FROM marts.unit", language="sql", label="SQL").form(
        submit_button_label="查询", bordered=False
    )
    form
    return (form,)


@app.cell
def _(chosen, form, library):
    try:
        _rows, _build, _seconds = answer(library, form.value or chosen.value or "FROM marts.unit")
        if _rows is None:
            _shown = mo.md("这条语句没有结果。")
        else:
            _more = f"（只显示前 {MOST} 行，全部请用 xueheng sql --out）" if _rows.height == MOST else ""
            _told = mo.md(f"{_rows.height} 行{_more}，用时 {_seconds:.3f} 秒，构建 {_build}")
            _shown = mo.vstack([_told, mo.ui.table(_rows, selection=None, page_size=20)])
    except duckdb.Error as _error:
        _shown = mo.callout(mo.md(f"这条 SQL 不能执行\n\n```\n{_error}\n```"), kind="danger")
    _shown
    return


@app.cell
def _(library):
    _tables, _, _ = answer(
        library,
        "SELECT schema_name || '.' || table_name AS 表, estimated_size AS 行数, comment AS 说明 FROM duckdb_tables() "
        "WHERE schema_name IN ('marts', 'lake') ORDER BY schema_name DESC, table_name",
    )
    _columns, _, _ = answer(
        library,
        "SELECT schema_name || '.' || table_name AS 表, column_name AS 列, data_type AS 类型, comment AS 说明 "
        "FROM duckdb_columns() WHERE schema_name IN ('marts', 'views', 'lake') "
        "ORDER BY schema_name DESC, table_name, column_index",
    )
    mo.accordion(
        {
            "有哪些表": mo.ui.table(_tables, selection=None, page_size=20),
            "有哪些列": mo.ui.table(_columns, selection=None, page_size=20),
        },
        lazy=True,
    )
    return


if __name__ == "__main__":
    app.run()
