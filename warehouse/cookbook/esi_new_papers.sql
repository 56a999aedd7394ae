-- 本期新增、重新入选的 ESI 论文是哪些，属于哪个学院
-- 读法：一行一篇一院；同一篇有几个学院就有几行；学院为空是只写到学校
-- 参数：名单 highly_cited 高被引 | hot 热点；期为空取最新一期
-- 数据库：library
with 参数 as (
    select
        'highly_cited' as 名单,
        cast(null as varchar) as 期
),

latest as (select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period where has_highly_cited)

select
    papers.period as 期,
    case papers.change when 'new' then '新增' else '重新入选' end as 变化,
    papers.esi_field_zh as 学科,
    units.unit_name_zh as 学院,
    units.role as 角色,
    papers.citations_esi_count as 被引,
    papers.threshold_value as 阈值,
    papers.publication_year as 发表年,
    papers.title as 题名,
    papers.doi
from marts.esi_paper as papers
inner join latest on papers.period = latest.period
inner join 参数 on papers.list_kind = 参数.名单
left join marts.esi_paper_unit as units
    on
        papers.period = units.period
        and papers.list_kind = units.list_kind
        and papers.paper_key = units.paper_key
where papers.change in ('new', 're-entered')
order by papers.esi_field asc, papers.citations_esi_count desc, papers.paper_key asc, units.is_primary desc
