-- 与对标高校在各学科差多少
-- 读法：一行一学科一校；差均为“该校减本校”，位次差为负是它在我们前面；“未入列”是它没进这个学科的名单
-- 参数：期为空取最新一期；对标学校见 dictionaries/<本校>/benchmarks.csv
-- 数据库：library
with 参数 as (
    select cast(null as varchar) as 期
),

latest as (
    select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period
    where institution_fields_count > 0
)

select
    benchmarks.period as 期,
    benchmarks.esi_field_zh as 学科,
    benchmarks.institution_name_zh as 学校,
    case benchmarks.status when 'listed' then '在列' else '未入列' end as 状态,
    benchmarks.rank as 位次,
    benchmarks.rank_difference as 位次差,
    benchmarks.documents_difference as 篇数差,
    benchmarks.citations_difference as 被引差,
    round(benchmarks.citations_per_paper_difference, 2) as 篇均差,
    benchmarks.top_papers_difference as 顶级论文差
from marts.esi_benchmark as benchmarks
inner join latest on benchmarks.period = latest.period
order by benchmarks.esi_field, benchmarks.rank nulls last, benchmarks.benchmark_order
