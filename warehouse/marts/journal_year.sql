-- 期刊逐年：本校在各刊的发文、主导、被引、CNCI
-- grain: one row per journal_key, publication_year
-- journal_key：期刊字典号；字典没有的为 issn: 加 ISSN-L；没有刊号的刊物不在此表
with journals as (
    select
        journal_id,
        min(coalesce(title_zh, title_en)) as title
    from lake.journals_dictionary
    group by journal_id
),

printed as (
    select
        'issn:' || coalesce(issn, eissn) as journal_key,
        min(venue) as venue
    from lake.works
    where coalesce(issn, eissn) is not null
    group by journal_key
)

select
    years.entity_id as journal_key,
    coalesce(journals.title, printed.venue, years.entity_id) as journal_zh,
    years.* exclude (entity_id)
from library.main.entity_year('library.indicators.entity_work', 'journal') as years
left join journals on years.entity_id = journals.journal_id
left join printed on years.entity_id = printed.journal_key
