-- 论文发在几区：JCR 与中科院分区逐年分布
-- 读法：版次按字典 rank_policy（出版年的版次）；“待公布”“无该年版次”“不在列”如实列出，不拿别年的顶替
-- 参数：起止年
-- 数据库：library
with 参数 as (
    select
        2020 as 起始年,
        2026 as 截止年
),

placed as (
    select
        works.publication_year,
        unnest([  -- noqa: AL03
            { 'scheme': 'JCR', 'level': regexp_extract(ranks.jcr, '^[^（]+') },
            { 'scheme': '中科院', 'level': regexp_extract(ranks.cas, '^[^（]+') }
        ], recursive := true)
    from marts.work as works
    inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
    inner join marts.work_index as ranks on works.work_id = ranks.work_id
    where works.document_type in ('article', 'review')
)

select
    publication_year as 年,
    scheme as 名单,
    coalesce(level, '没有刊名') as 等级,
    count(*) as 论文,
    round(100 * count(*) / sum(count(*)) over (partition by publication_year, scheme), 1) as 占比
from placed
group by publication_year, scheme, level
order by publication_year desc, scheme asc, level asc
