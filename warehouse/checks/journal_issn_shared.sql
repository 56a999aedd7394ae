-- severity: warn
-- 期刊字典里同一个 ISSN 写在两种刊名下，两刊的作品会算在一起：请改正 journals.csv
with printed as (
    select
        journal_id,
        issn as issn_printed
    from lake.journals_dictionary
    union all
    select
        journal_id,
        eissn as issn_printed
    from lake.journals_dictionary
)

select
    issn_printed,
    string_agg(distinct journal_id, '、' order by journal_id) as journal_ids,
    issn_printed || '：' || string_agg(distinct journal_id, '、' order by journal_id) as words
from printed
where issn_printed is not null
group by issn_printed
having count(distinct journal_id) > 1
order by issn_printed
