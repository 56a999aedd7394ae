-- 暂缓发出的理由：缺名单、缺阈值或学科名单、归院缺口
with papers as (
    select
        paper_key,
        esi_field,
        publication_year,
        threshold_value
    from marts.esi_paper
    where period = getvariable('period') and list_kind = 'highly_cited' and is_member
),

colleges as (
    select distinct paper_key
    from marts_personal.esi_paper_college
    where period = getvariable('period') and list_kind = 'highly_cited'
),

units as (
    select distinct paper_key
    from marts.esi_paper_unit
    where period = getvariable('period') and list_kind = 'highly_cited' and unit_id != 'unresolved'
),

unresolved as (
    select
        count(*) as papers_count,
        count(*) filter (where colleges.paper_key is null and units.paper_key is null) as unresolved_count
    from papers
    left join colleges on papers.paper_key = colleges.paper_key
    left join units on papers.paper_key = units.paper_key
)

select getvariable('period') || ' 期的高被引名单尚未归档，数据未到，顺延' as reason
where
    not exists (
        select 1 from marts.esi_period
        where period = getvariable('period') and has_highly_cited
    )
union all
select
    getvariable('period')
    || ' 期缺高被引阈值：'
    || string_agg(distinct fields.esi_field_zh, '、' order by fields.esi_field_zh) as reason
from papers
inner join
    marts.esi_field_position as fields
    on fields.period = getvariable('period') and papers.esi_field = fields.esi_field
where papers.threshold_value is null
having count(*) > 0
union all
select getvariable('period') || ' 期没有任何学科机构名单，位次与上榜机构数无从谈起' as reason
where
    exists (select 1 from papers)
    and not exists (
        select 1 from marts.esi_field_position
        where period = getvariable('period') and status != 'missing'
    )
union all
-- 上一归档期有、本期没有的学科名单：多半漏了下载。两期都没有的学科不算缺，报告中写“名单未到”
select
    getvariable('period')
    || ' 期缺上一期已有的学科机构名单：'
    || string_agg(distinct fields.esi_field_zh, '、' order by fields.esi_field_zh) as reason
from papers
inner join
    marts.esi_field_position as fields
    on fields.period = getvariable('period') and papers.esi_field = fields.esi_field
inner join
    marts.esi_field_position as earlier
    on fields.previous_period = earlier.period and fields.esi_field = earlier.esi_field
where fields.status = 'missing' and earlier.status != 'missing'
having count(*) > 0
union all
-- 单独一篇不拦：小规模学校一篇就超过 2 %，它在各院报告中已写明
select
    '全校 ' || papers_count || ' 篇高被引论文中有 ' || unresolved_count || ' 篇尚未归到学院（超过 2 %），请先补投 WoS 记录或复核地址'
        as reason
from unresolved
where unresolved_count > 0.02 * papers_count and unresolved_count > 1
