-- 某学院的各项指标：CNCI、前 10 %、国际合作……每项都带区间、缺多少、算不算得出
-- 读法：值为空看状态：missing 没有数据、suppressed 少于 5 篇不给、not_applicable 谈不上；low_n 的只作参考；空不是 0
-- 参数：学院为现行单位名称，写“全校”看学校；窗口 3y | 5y | 10y | all
-- 数据库：library
with 参数 as (
    select
        '物理学院' as 学院,
        '5y' as 窗口
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
from marts.indicator as found
inner join 参数 on found.window_id = 参数.窗口
where
    (参数.学院 = '全校' and found.entity_type = 'university')
    or (found.entity_type = 'unit' and found.entity_zh = 参数.学院)
order by found.indicator_id, found.counting
