-- severity: fail
-- 分数计数不平：一件作品在各机构、各学院间的份额之和应为 1；这是统计语句的错误，请联系维护者
select
    work_id,
    sum(frac_author) as frac_author,
    sum(frac_org) as frac_org
from indicators.counting
group by work_id
having
    abs(sum(frac_org) - 1) > 1e-9
    or abs(sum(frac_author) - 1) > 1e-9
    or count(frac_author) not in (0, count(*))
