-- 各数据库花了多少钱，用了多少次，一次多少钱
-- 读法：用量为 COUNTER 报告的全平台合计（不与分刊数相加）；没有用量报告的“次”与“每次”为空，不是 0；均摊的合同注明
-- 参数：年；指标为 COUNTER 指标名
-- 数据库：library（读 lake：合同与用量只在那里）
with 参数 as (
    select
        2026 as 年,
        'Total_Item_Requests' as 指标
),

used as (
    select
        usage.usage_platform,
        sum(usage.usage_count) as uses_count,
        count(distinct usage.usage_month) as months_count
    from lake.usage as usage
    inner join 参数
        on
            usage.metric_type = 参数.指标
            and starts_with(usage.usage_month, cast(参数.年 as varchar))
    where not coalesce(usage.is_total, false)
    group by usage.usage_platform
),

paid as (
    select
        contracts.resource,
        any_value(contracts.resource_en) as resource_en,
        any_value(contracts.supplier) as supplier,
        sum(contracts.amount_cny) as amount_cny,
        bool_or(contracts.is_amount_shared) as is_amount_shared,
        max(contracts.valid_to) as valid_to
    from lake.contracts as contracts
    inner join 参数 on contracts.contract_year = 参数.年
    group by contracts.resource
)

select
    paid.resource as 数据库,
    paid.supplier as 供应商,
    paid.amount_cny as 人民币,
    paid.is_amount_shared as 均摊,
    paid.valid_to as 到期,
    used.uses_count as 次,
    used.months_count as 有用量的月数,
    round(paid.amount_cny / nullif(used.uses_count, 0), 2) as 每次
from paid
left join used
    on
        lower(used.usage_platform) in (lower(paid.resource), lower(paid.resource_en))
        or contains(lower(paid.resource_en), lower(used.usage_platform))
order by paid.amount_cny desc nulls last, paid.resource asc
