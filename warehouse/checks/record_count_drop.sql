-- severity: warn
-- 某来源的记录比上次发布少了 20 % 以上：是否撤回了批次，或这次只导出了一部分？请看 xueheng status
select
    part as source,
    previous_value,
    value,
    part || '：' || cast(previous_value as bigint) || ' 条 → ' || cast(value as bigint) || ' 条（少 '
    || printf('%.0f', 100 * (1 - value / previous_value)) || ' %）' as words
from marts.build_metric
where is_current and metric = 'records' and previous_value >= 50 and value < 0.8 * previous_value
order by part
