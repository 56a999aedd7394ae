-- severity: warn
-- ESI 文件里有字典不认识的学科名，这些论文和位次不会计入任何学科：请把这个写法加进 dictionaries/common/esi_fields.csv 的 aliases
with seen as (
    select
        period,
        esi_field
    from lake.esi_listed
    union all
    select
        period,
        esi_field
    from lake.esi_thresholds
    union all
    select
        period,
        esi_field
    from lake.esi_institution_fields
)

select
    seen.period,
    seen.esi_field,
    count(*) as rows_count,
    seen.period || ' 期：“' || seen.esi_field || '” ' || count(*) || ' 行' as words
from seen
left join lake.esi_fields_dictionary as fields on seen.esi_field = fields.esi_field
where seen.esi_field is not null and fields.esi_field is null
group by seen.period, seen.esi_field
order by seen.period, seen.esi_field
