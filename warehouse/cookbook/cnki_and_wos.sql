-- 哪些论文 CNKI 与 WoS 都收了，两边被引各多少
-- 读法：两家的被引口径不同，只并列，不相加；被引为空是那家没有给数
-- 参数：起止年；最多列一千件
-- 数据库：library
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
)

select
    works.publication_year as 年,
    works.title_zh as 中文题名,
    works.title_en as 英文题名,
    works.venue as 出版物,
    works.sources as 来源,
    works.citations_wos_count as wos被引,
    works.citations_cnki_count as cnki被引,
    works.doi,
    works.work_id as 作品号
from marts.work as works
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
where list_has_all(string_split(works.sources, '+'), ['cnki', 'wos'])
order by works.publication_year desc, works.work_id asc
limit 1000
