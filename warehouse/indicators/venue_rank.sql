-- 刊物在各名单各版次中的等级：先凭刊号（含 ISSN-L），再凭期刊号，都没有才凭刊名；同名刊物不止一种的不认
-- grain: one row per venue_number, rank_scheme, list_edition, category_kind, list_category, index_editions, title
-- needs: work_venue
with venues as (
    select distinct
        venue_number,
        journal_id,
        issn,
        eissn,
        venue_keys
    from indicators.work_venue
),

numbers as (
    select
        venue_number,
        unnest([issn, eissn]) as issn
    from venues
),

venue_keys as (
    select distinct
        numbers.venue_number,
        1 as tier,
        coalesce(links.issn_l, numbers.issn) as key
    from numbers
    left join lake.issn_links as links on numbers.issn = links.issn
    where numbers.issn is not null
    union all
    select
        venue_number,
        2 as tier,
        journal_id as key
    from venues
    where journal_id is not null
    union all
    select
        venue_number,
        3 as tier,
        unnest(venue_keys) as key
    from venues
),

ranks as (
    select
        *,
        rowid as rank_number
    from lake.journal_ranks
),

rank_numbers as (
    select
        rank_number,
        unnest([issn, eissn]) as issn
    from ranks
),

lone_names as (
    select
        rank_scheme,
        list_edition,
        venue_key
    from ranks
    where venue_key is not null
    group by rank_scheme, list_edition, venue_key
    having count(distinct coalesce(issn, eissn, title_key)) = 1
),

rank_keys as (
    select distinct
        rank_numbers.rank_number,
        1 as tier,
        coalesce(links.issn_l, rank_numbers.issn) as key
    from rank_numbers
    left join lake.issn_links as links on rank_numbers.issn = links.issn
    where rank_numbers.issn is not null
    union all
    select
        rank_number,
        2 as tier,
        journal_id as key
    from ranks
    where journal_id is not null
    union all
    select
        ranks.rank_number,
        3 as tier,
        ranks.venue_key as key
    from ranks
    inner join lone_names
        on
            ranks.rank_scheme = lone_names.rank_scheme
            and ranks.list_edition = lone_names.list_edition
            and ranks.venue_key = lone_names.venue_key
),

found as (
    select
        venue_keys.venue_number,
        rank_keys.rank_number,
        min(venue_keys.tier) as tier
    from venue_keys
    inner join rank_keys on venue_keys.tier = rank_keys.tier and venue_keys.key = rank_keys.key
    group by venue_keys.venue_number, rank_keys.rank_number
)

select
    found.venue_number,
    ranks.rank_scheme,
    ranks.list_edition,
    ranks.category_kind,
    ranks.list_category,
    ranks.index_editions,
    ranks.title,
    ranks.rank_text,
    ranks.rank_level,
    ranks.is_top,
    ranks.valid_from,
    ranks.valid_to,
    case found.tier when 1 then 'issn' when 2 then 'journal' else 'name' end as matched_by
from found
inner join ranks on found.rank_number = ranks.rank_number
qualify found.tier = min(found.tier) over (partition by found.venue_number, ranks.rank_scheme, ranks.list_edition)
