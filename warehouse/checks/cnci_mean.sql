-- severity: warn
-- 本校论文的平均 CNCI 不在 0.5 到 3 之间：多半不是按本校导出的，或混入了只含高被引论文的导出，请核对 InCites 导出条件
with own as (
    select
        count(cnci) as works_count,
        avg(cnci) as cnci_mean
    from indicators.work_measure
    where is_counted
)

select
    works_count,
    cnci_mean,
    works_count || ' 篇的平均 CNCI 为 ' || printf('%.2f', cnci_mean) as words
from own
where works_count >= 30 and not cnci_mean between 0.5 and 3
