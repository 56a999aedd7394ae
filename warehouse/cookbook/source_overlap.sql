-- 各来源收录重叠多少：哪几家合起来收了多少件，只有一家收的多少件
-- 读法：一行一种组合；占比以全部作品为分母；只有一家收的作品是退订该库会丢的
-- 参数：起止年
-- 数据库：library
with 参数 as (
    select
        2015 as 起始年,
        2026 as 截止年
)

select
    works.sources as 来源组合,
    len(string_split(works.sources, '+')) as 家数,
    count(*) as 作品,
    round(100 * count(*) / sum(count(*)) over (), 2) as 占比
from marts.work as works
inner join 参数 on works.publication_year between 参数.起始年 and 参数.截止年
group by works.sources
order by 作品 desc, works.sources asc
