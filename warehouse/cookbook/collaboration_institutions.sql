-- 和哪些机构合作得多
-- 读法：一行一个校外机构；只数机构字典认得出的，只算未撤稿的论文与综述；国别为字典所载；篇均被引只算有 WoS 被引的
-- 参数：起止年
-- 数据库：library
with 参数 as (
    select
        2021 as 起始年,
        2025 as 截止年
)

select
    partners.institution_name_zh as 机构,
    partners.country as 国别,
    sum(partners.works_count) as 合作论文,
    sum(partners.led_works_count) as 本校主导,
    sum(partners.highly_cited_count) as 高被引,
    round(sum(partners.citations_wos_count) / nullif(sum(partners.works_with_citations_wos_count), 0), 2) as 篇均被引
from marts.partner_year as partners
inner join 参数 on partners.publication_year between 参数.起始年 and 参数.截止年
group by partners.institution_id, partners.institution_name_zh, partners.country
order by 合作论文 desc, partners.institution_id asc
limit 100
