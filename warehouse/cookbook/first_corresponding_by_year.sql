-- 第一单位、通讯单位论文逐年各多少
-- 读法：只计论文与综述；“未知”是记录没有说明，既不算是也不算否；近一两年还在陆续收录，末年偏低是正常的
-- 参数：起止年
-- 数据库：library
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
)

select
    works.publication_year as 年,
    count(*) as 论文,
    count(*) filter (where works.is_first_institution) as 第一单位,
    count(*) filter (where works.is_corresponding_institution) as 通讯单位,
    count(*) filter (where works.is_first_institution and works.is_corresponding_institution) as 第一且通讯,
    count(*) filter (where works.is_corresponding_institution is null) as 通讯未知,
    round(100 * count(*) filter (where works.is_first_institution) / count(works.is_first_institution), 1) as 第一占比
from marts.work as works
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
where works.is_own and works.document_type in ('article', 'review')
group by works.publication_year
order by works.publication_year
