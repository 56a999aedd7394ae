-- 查重合并了最多记录的作品是哪些
-- 读法：一件作品由几条记录合成、来自哪几家；记录数异常多的值得用 why_merged 看一眼理由
-- 参数：至少几条
-- 数据库：library
with 参数 as (
    select 3 as 至少
)

select
    works.records_count as 记录数,
    works.sources as 来源,
    works.publication_year as 年,
    works.title as 题名,
    works.venue as 出版物,
    works.doi,
    works.work_id as 作品号
from marts.work as works
inner join 参数 on works.records_count >= 参数.至少
order by works.records_count desc, works.work_id asc
limit 100
