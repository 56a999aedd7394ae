-- 刊物在某一出版年按声明的口径（字典 rank_policy）所取的版次与等级
-- grain: one row per venue_number, publication_year, rank_scheme
-- needs: venue_rank, work_venue
-- policy: publication_year 出版年时在用的版次 | latest 已有的最新版次 | best 就高（出版年起各版次中最高的一级）
-- status: ranked 有等级 | listed 在名单中而名单不分级 | not_listed 不在该版名单中 | pending 该年版次尚未公布或尚未交付 | no_edition 没有该年的版次
-- 没有的版次从不拿别年的顶替；rank_level 为各学科中最高的一级，全部学科在 categories
with policies as (
    select
        rank_scheme,
        arg_max(policy, rowid) as policy,
        arg_max(name_zh, rowid) as scheme_zh
    from lake.rank_policy_dictionary
    group by rank_scheme
),

editions as (
    select distinct
        ranks.rank_scheme,
        ranks.list_edition,
        ranks.valid_from,
        ranks.valid_to,
        coalesce(policies.policy, 'publication_year') as policy,
        coalesce(policies.scheme_zh, ranks.rank_scheme) as scheme_zh
    from lake.journal_ranks as ranks
    left join policies on ranks.rank_scheme = policies.rank_scheme
),

years as (
    select distinct publication_year
    from indicators.work_venue
    where publication_year is not null
),

schemes as (
    select
        rank_scheme,
        any_value(policy) as policy,
        any_value(scheme_zh) as scheme_zh,
        max(list_edition) as latest_edition,
        max(coalesce(valid_to, '9999-12-31')) as covered_to
    from editions
    group by rank_scheme
),

chosen as (
    select distinct
        years.publication_year,
        editions.rank_scheme,
        editions.list_edition
    from years
    inner join editions
        on
            case editions.policy
                when 'latest' then true
                when 'best' then coalesce(editions.valid_to, '9999-12-31') >= years.publication_year || '-01-01'
                else
                    years.publication_year || '-07-01' between coalesce(editions.valid_from, '0000-01-01')
                    and coalesce(editions.valid_to, '9999-12-31')
            end
    inner join schemes on editions.rank_scheme = schemes.rank_scheme
    where editions.policy != 'latest' or editions.list_edition = schemes.latest_edition
),

levels as (
    select
        venue_number,
        rank_scheme,
        list_edition,
        min(rank_level) filter (where category_kind != 'minor') as rank_level,
        string_agg(
            distinct concat_ws(' ', list_category, rank_level), '；' order by concat_ws(' ', list_category, rank_level)
        ) filter (where category_kind != 'minor') as categories,
        string_agg(
            distinct concat_ws(' ', list_category, rank_level), '；' order by concat_ws(' ', list_category, rank_level)
        ) filter (where category_kind = 'minor') as minor_categories,
        bool_or(is_top) as is_top,
        string_agg(distinct index_editions, '；' order by index_editions) as index_editions,
        any_value(matched_by) as matched_by
    from indicators.venue_rank
    group by venue_number, rank_scheme, list_edition
),

venues as (
    select distinct
        venue_number,
        publication_year
    from indicators.work_venue
    where publication_year is not null
),

taken as (
    select
        venues.venue_number,
        venues.publication_year,
        schemes.rank_scheme,
        schemes.scheme_zh,
        schemes.policy,
        chosen.list_edition,
        schemes.covered_to,
        levels.* exclude (venue_number, rank_scheme, list_edition),
        levels.venue_number is not null as is_listed
    from venues
    cross join schemes
    left join chosen
        on venues.publication_year = chosen.publication_year and schemes.rank_scheme = chosen.rank_scheme
    left join levels
        on
            venues.venue_number = levels.venue_number
            and schemes.rank_scheme = levels.rank_scheme
            and chosen.list_edition = levels.list_edition
    qualify row_number() over (
        partition by venues.venue_number, venues.publication_year, schemes.rank_scheme
        order by is_listed desc, levels.rank_level asc nulls last, chosen.list_edition desc
    ) = 1
)

select
    venue_number,
    publication_year,
    rank_scheme,
    scheme_zh,
    policy,
    list_edition,
    case
        when list_edition is null and publication_year || '-07-01' > covered_to then 'pending'
        when list_edition is null then 'no_edition'
        when not is_listed then 'not_listed'
        when rank_level is null then 'listed'
        else 'ranked'
    end as status,
    rank_level,
    categories,
    minor_categories,
    is_top,
    index_editions,
    matched_by
from taken
