"""The one typed settings object. Read once at the door (CLI, DAG, test) and handed down."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[2]
TIMEZONE = "Asia/Shanghai"  # periods, schedules and footers; not a setting, since files of two zones would disagree


class Settings(BaseSettings):
    """Every setting, with prefix XUEHENG_ in the environment or in .env; see .env.example."""

    model_config = SettingsConfigDict(env_prefix="XUEHENG_", env_file=PROJECT / ".env", frozen=True, extra="ignore")

    data_dir: Path = Field(PROJECT / "data", description="数据文件夹：收件箱、原始数据、构建、报告都在这里")
    university: str = Field("linghai", description="dictionaries/ 下本校文件夹的名称")
    keep_builds: int = Field(5, ge=2, description="保留最近几次构建（当前发布的一次总是保留）")
    pair_parts: int = Field(
        1, ge=1, le=256, description="候选对分几份比较；大于 1 时每份是一个 Airflow 任务，可由多台机器分担，结果不变"
    )
    settle_seconds: float = Field(5.0, ge=0, description="收件箱中的文件大小不再变化多少秒后才移走")
    build_clock: str | None = Field(None, description="固定构建时间（ISO，仅供可复现构建与测试）")
    contact: str = Field("图书馆学科服务部", description="报告页脚上的联系方式与异议渠道")
    font_dir: Path = Field(PROJECT / ".fonts", description="中文字体所在文件夹（make setup 准备）")
