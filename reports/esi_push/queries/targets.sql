-- 推送对象：现行学院与医院，按代码排序（没有论文的学院也有一页）
select
    unit_id,
    unit_name_zh as label
from marts.unit
order by unit_id
