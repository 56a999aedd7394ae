# 学衡 Xueheng。每个目标都会先把环境准备好（.ci/setup；已就绪时立即返回）。
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory
PY := .venv/bin/python
BIN := .venv/bin

# $(call quiet,名字,命令)：通过只留一行，不通过才给出全部输出；各项都查完再说结果
quiet = if out=$$($(2) 2>&1); then echo '  ✓ $(1)'; else printf '%s\n' "$$out"; echo '  ✗ $(1)'; bad=1; fi

.PHONY: help setup run up down test test-all check fmt bench build sql report golden lock

help: ## 列出所有目标（默认）
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## 准备环境：系统库、.tools/uv、.venv、中文字体
	@.ci/setup

run: setup ## 全线走一遍：启动 Airflow，样例数据入库、合并、出报告，打印结果后停止
	@$(PY) dags/local.py run

up: setup ## 启动 Airflow 并保持运行，显示地址与登录名
	@$(PY) dags/local.py up

down: setup ## 停止 make up 启动的一切
	@$(PY) dags/local.py down

test: setup ## 测试（不含标记为 slow 的）
	@$(PY) -m pytest -q -m "not slow"

test-all: setup ## 全部测试，含模糊、故障与大样本
	@$(PY) -m pytest -q

check: setup ## 静态检查：格式、类型、分层、SQL、YAML
	@bad=0
	$(call quiet,ruff check,$(BIN)/ruff check .)
	$(call quiet,ruff format,$(BIN)/ruff format --check .)
	$(call quiet,mypy --strict,$(BIN)/mypy --strict pipelines)
	$(call quiet,lint-imports,$(BIN)/lint-imports)
	$(call quiet,sqlfluff,$(BIN)/sqlfluff lint warehouse reports)
	$(call quiet,yamllint,$(BIN)/yamllint --strict schemas)
	exit $$bad

fmt: setup ## 统一格式并自动修正
	@$(BIN)/ruff check --fix --quiet .
	$(BIN)/ruff format --quiet .

bench: setup ## 速度对照表（对照工具装在各自的锁定环境里）
	@.ci/bench-peers
	$(PY) tests/bench/run.py

build: setup ## 用 landing/ 里已有的文件重建仓库
	@$(BIN)/xueheng build

sql: setup ## 免安装的查询页：只读，只听 127.0.0.1，打印地址用的口令；Ctrl-C 停止
	@.ci/sql-page

report: setup ## 出一份报告：make report NAME=esi_push PERIOD=2026-11
	@[ -n "$(NAME)" ] && [ -n "$(PERIOD)" ] || { echo '请给出报告名和期，例如 make report NAME=esi_push PERIOD=2026-11'; exit 2; }
	$(BIN)/xueheng report "$(NAME)" --period "$(PERIOD)"

golden: setup ## 重写 tests/golden/ 里的期望结果（改动请逐行看过再提交）
	@$(PY) -m pytest -q tests/golden --update-golden

lock: setup ## 按 pyproject.toml 重新锁定版本与哈希（不写软件源地址）
	@UV_CUSTOM_COMPILE_COMMAND="make lock" UV_NO_CONFIG=1 .tools/uv/bin/uv pip compile -q --universal --python-version 3.11 \
		--generate-hashes --extra dev --no-emit-index-url --upgrade pyproject.toml -o requirements.lock
