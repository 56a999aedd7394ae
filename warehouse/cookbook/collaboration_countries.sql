-- 和哪些国家（地区）合作得多
-- 读法：一行一国，依据合作机构在字典里的国别；同一件作品与一国的两家机构合作，按机构各计一次（“论文机构次”）；国际合作篇数看 unit_indicators
-- 参数：起止年
-- 数据库：library
with 参数 as (
    select
        2021 as 起始年,
        2025 as 截止年
)

select
    partners.country as 国家,
    count(distinct partners.institution_id) as 机构数,
    sum(partners.works_count) as 论文机构次,
    sum(partners.led_works_count) as 本校主导,
    sum(partners.highly_cited_count) as 高被引,
    round(sum(partners.citations_wos_count) / nullif(sum(partners.works_with_citations_wos_count), 0), 2) as 篇均被引
from marts.partner_year as partners
inner join 参数 on partners.publication_year between 参数.起始年 and 参数.截止年
where partners.country != 'China'
group by partners.country
order by 论文机构次 desc, partners.country asc
