"""The command tree; the modules beside this one hang their commands on it."""

from __future__ import annotations

import typer


def _group(name: str, help_text: str) -> typer.Typer:
    group = typer.Typer(no_args_is_help=True, help=help_text)
    app.add_typer(group, name=name)
    return group


app = typer.Typer(no_args_is_help=True, add_completion=False, help="学衡：把数据库导出文件变成可信的成果库与报告。")
schema_app = _group("schema", "各来源的布局：文件里有哪些列、叫什么。")
builds_app = _group("builds", "查看、回滚已有的构建。")
eval_app = _group("eval", "对照标准答案，量出准确率。")
archive_app = _group("archive", "整批导入图书馆多年积累的导出文件。")
export_app = _group("export", "导出给别的系统和部门的表。")
review_app = _group("review", "人工核对：把拿不准的列成表，填好放回收件箱。")
reconcile_app = _group("reconcile", "对账：别处的数与本库的数，差在哪几篇。")
dictionary_app = _group("dictionary", "本校字典：找出还不认识的写法，检查互相矛盾的地方。")
privacy_app = _group("privacy", "个人信息：异议、本人查阅、删除、保存期限。")
