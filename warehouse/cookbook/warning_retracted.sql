-- 发在预警期刊的、已撤稿的论文有哪些
-- 读法：“预警”括号里是名单年份；不在列不等于没有风险，没有该年名单的写“无该年版次”且不列出
-- 参数：起止年
-- 数据库：library
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
)

select
    works.publication_year as 年,
    works.is_retracted as 已撤稿,
    ranks.warning as 预警,
    works.colleges as 学院,
    works.venue as 期刊,
    works.title as 题名,
    works.doi,
    works.work_id as 作品号
from marts.work as works
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
left join marts.work_index as ranks on works.work_id = ranks.work_id
where works.is_retracted or starts_with(ranks.warning, '在列')
order by works.is_retracted desc, works.publication_year desc, works.work_id asc
limit 1000
