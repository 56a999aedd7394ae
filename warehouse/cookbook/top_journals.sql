-- 论文主要发在哪些期刊，各几区、篇均被引多少
-- 读法：篇均被引只算有 WoS 被引的论文，“有被引数据”给出分母；新刊新文篇均低是正常的
-- 参数：起止年；列前五十种
-- 数据库：library
with 参数 as (
    select
        2021 as 起始年,
        2025 as 截止年
)

select
    works.venue as 期刊,
    count(*) as 论文,
    count(*) filter (where works.is_first_institution) as 第一单位,
    count(works.citations_wos_count) as 有被引数据,
    round(avg(works.citations_wos_count), 2) as 篇均被引,
    count(*) filter (where works.is_highly_cited) as 高被引,
    max_by(ranks.jcr, works.publication_year) as jcr,
    max_by(ranks.cas, works.publication_year) as 中科院
from marts.work as works
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
left join marts.work_index as ranks on works.work_id = ranks.work_id
where works.is_own and works.document_type in ('article', 'review') and works.venue is not null
group by works.venue
order by 论文 desc, works.venue asc
limit 50
