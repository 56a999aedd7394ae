-- 数据质量概览：缺 DOI、缺年、缺摘要、缺期刊号、未归属学院的各占多少
-- 读法：一行一个来源组合里的一项；占比高的先查导出时有没有勾全字段；逐次构建的走势见 quality.html
-- 参数：起止年
-- 数据库：library（读 lake.works：摘要、ISSN 只在那里）
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
),

chosen as (
    select works.*
    from lake.works as works
    inner join 参数
        on works.publication_year is null or works.publication_year between 参数.起始年 and 参数.截止年
),

unresolved as (
    select count(distinct units.work_id) as works_count
    from marts.work_unit as units
    inner join 参数 on units.publication_year between 参数.起始年 and 参数.截止年
    where units.unit_id = 'unresolved' and units.colleges_count <= 1
),

measured as (
    select
        count(*) as works_count,
        count(*) - count(doi) as no_doi,
        count(*) - count(publication_year) as no_year,
        count(*) - count(abstract) as no_abstract,
        count(*) filter (where coalesce(issn, eissn) is null and document_type in ('article', 'review')) as no_issn,
        count(*) filter (where coalesce(journal_id, '') = '' and document_type in ('article', 'review')) as no_journal,
        count(*) filter (where document_type is null) as no_type,
        count(*) filter (where coalesce(author_count, 0) = 0) as no_author
    from chosen
)

select
    found.item as 项目,
    found.found as 件数,
    found.works_count as 全部作品,
    round(100 * found.found / nullif(found.works_count, 0), 1) as 占比
from (
    select
        measured.works_count,
        unnest([  -- noqa: AL03
            { 'item': '没有 DOI', 'found': no_doi },
            { 'item': '没有年份', 'found': no_year },
            { 'item': '没有摘要', 'found': no_abstract },
            { 'item': '论文没有 ISSN', 'found': no_issn },
            { 'item': '论文的期刊不在期刊字典', 'found': no_journal },
            { 'item': '没有文献类型', 'found': no_type },
            { 'item': '没有作者', 'found': no_author },
            { 'item': '只写到学校，未归属学院', 'found': unresolved.works_count }
        ], recursive := true)
    from measured
    cross join unresolved
) as found
order by found.found desc, found.item asc
