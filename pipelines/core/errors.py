"""Errors, named for what the reader must do. Words are for librarians, so they are Chinese."""

from __future__ import annotations


class PipelineError(Exception):
    """What happened, in words; `exit_code` tells a calling program which kind."""

    exit_code = 1
    kind = "运行失败"

    def __init__(
        self,
        what: str,
        *,
        expected: str = "",
        found: str = "",
        where: str = "",
        safe: str = "",
        next_step: str = "",
    ) -> None:
        super().__init__(what)
        self.what = what
        self.parts = {"应为": expected, "实际": found, "位置": where, "影响": safe, "下一步": next_step}

    def __str__(self) -> str:
        lines = [f"{self.kind}：{self.what}"]
        lines += [f"  {label}：{text}" for label, text in self.parts.items() if text]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, str]:
        """The same words for `--json`."""
        return {"error": type(self).__name__, "what": self.what} | {k: v for k, v in self.parts.items() if v}


class ConfigError(PipelineError):
    """A schema, dictionary, report.yml or setting is wrong: mend the configuration."""

    exit_code = 2
    kind = "配置有误"


class SourceError(PipelineError):
    """A landing file is not what the vendor promised: look at quarantine/."""

    exit_code = 3
    kind = "文件有误"


class DataCheckFailed(PipelineError):
    """Data broke a rule of severity `fail`."""

    exit_code = 4
    kind = "数据检查未通过"


class StageError(PipelineError):
    """Our bug: names stage, build and inputs, keeps the cause."""

    exit_code = 5
    kind = "程序出错"


class DeliveryError(PipelineError):
    """Mail or share refused; trying again can help."""

    exit_code = 6
    kind = "发送失败"


def panicked(error: BaseException) -> bool:
    """Whether a library written in Rust gave up: its error is no Exception, and ends the process when nobody minds it."""
    return type(error).__name__ == "PanicException"
