-- 各学院对各 ESI 学科贡献了多少高被引论文
-- 读法：全计数，一篇有两个学院各计一次，所以各院之和可以大于全校；“主导”为本院第一或通讯；凭名册归院的份额见 people 库 marts.esi_college_field
-- 参数：期为空取最新一期
-- 数据库：library
with 参数 as (
    select cast(null as varchar) as 期
),

latest as (select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period where has_highly_cited),

members as (
    select
        papers.period,
        papers.paper_key,
        papers.esi_field,
        papers.esi_field_zh
    from marts.esi_paper as papers
    inner join latest on papers.period = latest.period
    where papers.list_kind = 'highly_cited' and papers.is_member
),

totals as (
    select
        esi_field,
        count(*) as papers_count
    from members
    group by esi_field
)

select
    members.esi_field_zh as 学科,
    units.unit_name_zh as 学院,
    count(distinct members.paper_key) as 高被引,
    count(distinct members.paper_key) filter (where units.leads = 'yes') as 主导,
    any_value(totals.papers_count) as 全校,
    round(100 * count(distinct members.paper_key) / any_value(totals.papers_count), 1) as 占比
from members
inner join totals on members.esi_field = totals.esi_field
inner join marts.esi_paper_unit as units
    on
        members.period = units.period
        and units.list_kind = 'highly_cited'
        and members.paper_key = units.paper_key
group by members.esi_field, members.esi_field_zh, units.unit_id, units.unit_name_zh
order by members.esi_field asc, 高被引 desc, units.unit_id asc
