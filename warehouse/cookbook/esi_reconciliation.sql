-- ESI 官方的数与我们的数差在哪几篇
-- 读法：一行一篇；“官方有我方无”要么没收全，要么机构名没认出；原因写在最后一列；没有行就是逐篇对得上
-- 参数：期为空取最新一期
-- 数据库：library
with 参数 as (
    select cast(null as varchar) as 期
),

latest as (select coalesce((select 期 from 参数), max(period)) as period from marts.esi_reconciliation)

select
    totals.period as 期,
    totals.esi_field_zh as 学科,
    totals.measure_zh as 项目,
    totals.vendor_count as 官方,
    totals.own_count as 我方,
    totals.difference as 差,
    papers.effect as 影响,
    papers.cause as 原因,
    papers.accession_number as 入藏号,
    papers.publication_year as 发表年,
    papers.title as 题名
from marts.esi_reconciliation as totals
inner join latest on totals.period = latest.period
left join marts.esi_difference_paper as papers
    on
        totals.period = papers.period
        and totals.esi_field = papers.esi_field
        and totals.measure = papers.measure
where totals.difference != 0
order by totals.esi_field, totals.measure, papers.paper_key
limit 5000
