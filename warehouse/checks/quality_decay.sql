-- severity: warn
-- 数据质量变差超过了 quality_limits.csv 写明的界限：请看质量页 quality.html 上从哪次构建开始、是哪个来源
select
    metric,
    part,
    reference_value,
    value,
    words
from marts.build_metric
where is_current and is_worse
order by metric, part
