-- 某教师的各项指标：篇数、h 指数、CNCI、主导占比……
-- 读法：每项带区间、有数据件数、缺多少、状态；值为空看状态，空不是 0；个人指标只供本人与授权人员看
-- 参数：工号；窗口 3y | 5y | 10y | all
-- 数据库：people（含个人信息，须有文件权限）
with 参数 as (
    select
        '19970458' as 工号,
        'all' as 窗口
)

select
    found.indicator_zh as 指标,
    found.counting as 计数法,
    round(found.value, 2) as 值,
    found.unit as 单位,
    round(found.ci_low, 2) as 区间下限,
    round(found.ci_high, 2) as 区间上限,
    found.n_den as 有数据件数,
    found.n_missing as 缺,
    found.status as 状态,
    found.sources as 来源与日期
from people.marts.person_indicator as found
inner join 参数 on found.person_id = 参数.工号 and found.window_id = 参数.窗口
order by found.indicator_id, found.counting
