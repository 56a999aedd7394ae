-- severity: fail
-- ESI 档案里同一期同一对象出现了两次，篇数与位次会被重复计算：请核对该期是否把两份导出并在了一起
with repeated as (
    select
        period,
        list_kind || ' ' || accession_number as key_text,
        count(*) as rows_count
    from lake.esi_listed
    group by period, list_kind, accession_number
    having count(*) > 1
    union all
    select
        period,
        institution || ' ' || esi_field as key_text,
        count(*) as rows_count
    from lake.esi_institution_fields
    group by period, institution, esi_field
    having count(*) > 1
)

select
    *,
    period || ' 期 ' || key_text || ' 出现 ' || rows_count || ' 次' as words
from repeated
order by period, key_text
