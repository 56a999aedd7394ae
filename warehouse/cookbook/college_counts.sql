-- 各学院发文：全计数与分数计数差多少
-- 读法：全计数每院各计一次，之和可以大于全校；按作者分数之和等于全校；“占全计数”越低，合作分出去的越多；缺作者地址对应的不进分数
-- 参数：窗口 3y | 5y | 10y | all（完整年）；结构 unit 现行 | unit_then 署名时
-- 数据库：library
with 参数 as (
    select
        '5y' as 窗口,
        'unit' as 结构
)

select
    found.entity_zh as 学院,
    max(found.year_from) as 起,
    max(found.year_to) as 止,
    max(found.value) filter (where found.counting = 'full') as 全计数,
    round(max(found.value) filter (where found.counting = 'frac_author'), 2) as 按作者分数,
    round(max(found.value) filter (where found.counting = 'frac_org'), 2) as 按机构分数,
    max(found.n_missing) filter (where found.counting = 'frac_author') as 缺作者地址,
    round(
        100 * max(found.value) filter (where found.counting = 'frac_author')
        / max(found.value) filter (where found.counting = 'full'), 1
    ) as 占全计数
from marts.indicator as found
inner join 参数 on found.window_id = 参数.窗口 and found.entity_type = 参数.结构
where found.indicator_id = 'out.articles'
group by found.entity_id, found.entity_zh
order by 全计数 desc nulls last, found.entity_id asc
