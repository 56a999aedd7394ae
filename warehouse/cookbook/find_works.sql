-- 题名里有某个词的作品
-- 读法：大小写不论，中英文题名都找；一行一件
-- 参数：词；起止年
-- 数据库：library
with 参数 as (
    select
        'membrane' as 词,
        2015 as 起始年,
        2026 as 截止年
)

select
    works.publication_year as 年,
    works.title as 题名,
    works.venue as 出版物,
    works.colleges as 学院,
    works.citations_wos_count as wos被引,
    works.doi,
    works.work_id as 作品号
from marts.work as works
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
where
    contains(lower(works.title), lower(参数.词))
    or contains(lower(works.title_zh), lower(参数.词))
    or contains(lower(works.title_en), lower(参数.词))
order by works.citations_wos_count desc nulls last, works.work_id asc
limit 200
