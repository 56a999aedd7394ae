-- severity: warn
-- ISSN 的校验位不对，这一刊的等级与分区对不上：多半是录入或 Excel 丢了前导零，请核对来源文件
with printed as (
    select
        issn as issn_printed,
        '作品 ' || work_id as place
    from lake.works
    union all
    select
        eissn as issn_printed,
        '作品 ' || work_id as place
    from lake.works
    union all
    select
        issn as issn_printed,
        '期刊名单 ' || source_file as place
    from lake.journal_ranks
    union all
    select
        eissn as issn_printed,
        '期刊名单 ' || source_file as place
    from lake.journal_ranks
    union all
    select
        issn as issn_printed,
        '期刊字典 ' || journal_id as place
    from lake.journals_dictionary
    union all
    select
        eissn as issn_printed,
        '期刊字典 ' || journal_id as place
    from lake.journals_dictionary
),

bare as (
    select
        issn_printed,
        upper(replace(issn_printed, '-', '')) as digits,
        count(*) as rows_count,
        min(place) as example
    from printed
    where issn_printed is not null
    group by issn_printed
),

-- 前七位乘以 8 到 2，连同校验位（X 为 10）之和应被 11 整除
summed as (
    select
        *,
        case
            when regexp_full_match(digits, '[0-9]{7}[0-9X]')
                then
                    list_sum(list_transform(range(1, 8), lambda i: cast(digits[i] as integer) * (9 - i)))
                    + case digits[8] when 'X' then 10 else cast(digits[8] as integer) end
        end as checksum
    from bare
)

select
    issn_printed,
    rows_count,
    example,
    issn_printed || '（' || example || ' 等 ' || rows_count || ' 处）' as words
from summed
where checksum is null or checksum % 11 != 0
order by issn_printed
