-- 各学科、期刊或学院落在哪个象限：高产高引、高产低引、低产高引、低产低引
-- 读法：“另一说”是按 CNCI 分的象限，与篇均被引不一致的要小心；“篇数不足”的只作参考；象限为空是没有被引数据
-- 参数：对象 field 学科 | journal 期刊 | unit 学院；分法 rank | percent | absolute | median；窗口 3y | 5y | 10y | all
-- 数据库：library
with 参数 as (
    select
        'field' as 对象,
        'median' as 分法,
        '5y' as 窗口
)

select
    points.scope as 范围,
    points.entity_zh as 名称,
    points.quadrant as 象限,
    points.quadrant_normalised as 另一说,
    points.is_disagreeing as 不一致,
    points.is_hollow as 篇数不足,
    points.output_count as 篇数,
    round(points.citations_per_paper, 2) as 篇均被引,
    round(points.cnci_mean, 2) as cnci,
    round(points.output_mark, 1) as 篇数线,
    round(points.impact_mark, 2) as 篇均线
from marts.quadrant as points
inner join 参数
    on
        points.entity_type = 参数.对象
        and points.mode = 参数.分法
        and points.window_id = 参数.窗口
order by points.scope asc, points.output_count desc, points.entity_id asc
