-- 某学院近几年发表、仍在列的 ESI 高被引论文有哪些
-- 读法：一行一篇，被引多的在前；“主导”为本院第一或通讯作者单位；“倍数”为被引与入选阈值之比，接近 1 的下期可能掉出
-- 参数：学院为现行单位名称；起始年为发表年下限；期为空取最新一期
-- 数据库：library
with 参数 as (
    select
        '物理学院' as 学院,
        2020 as 起始年,
        cast(null as varchar) as 期
),

latest as (select coalesce((select 期 from 参数), max(period)) as period from marts.esi_period where has_highly_cited)

select
    papers.period as 期,
    papers.esi_field_zh as 学科,
    units.role as 本院角色,
    papers.citations_esi_count as 被引,
    papers.threshold_value as 阈值,
    round(papers.threshold_ratio, 2) as 倍数,
    papers.publication_year as 发表年,
    papers.title as 题名,
    papers.venue as 期刊,
    papers.doi,
    papers.accession_number as 入藏号
from marts.esi_paper as papers
inner join latest on papers.period = latest.period
inner join marts.esi_paper_unit as units
    on
        papers.period = units.period
        and papers.list_kind = units.list_kind
        and papers.paper_key = units.paper_key
cross join 参数
where
    papers.list_kind = 'highly_cited'
    and papers.is_member
    and units.current_unit_name_zh = 参数.学院
    and papers.publication_year >= 参数.起始年
order by papers.citations_esi_count desc, papers.paper_key asc
