-- 各学科离门槛多远：机构阈值与 1‰ 阈值的差距、潜力值、按同季增速估计还要几期
-- grain: one row per period, esi_field, target
-- needs: esi_field_position
-- target: institution 进入前 1 % | permille 进入前 1‰。潜力值 = 100·C/T；差距 = T − C（负数为余量）
-- 期数 k = 6·ln(T/C)/ln(g_C/g_T)，g 为与去年同季（6 期前）之比；至少要有 7 期归档，否则 status = few_periods
-- status: reached 已达到 | estimated | not_converging 我方增速不高于阈值（未收敛）| over_three_years k > 18 | few_periods | missing
with archived as (
    select
        period,
        count(*) over (order by period) as archived_count
    from (select distinct period from lake.esi_institutions) as periods
),

positions as (
    select *
    from marts.esi_field_position
    where esi_field != 'ALL'
),

targets as (
    select
        period,
        esi_field,
        esi_field_zh,
        status as list_status,
        rank,
        citations_count,
        same_season_period,
        'institution' as target,
        institution_threshold as threshold
    from positions
    union all
    select
        positions.period,
        positions.esi_field,
        positions.esi_field_zh,
        positions.status as list_status,
        positions.rank,
        positions.citations_count,
        positions.same_season_period,
        'permille' as target,
        permille.permille_threshold as threshold
    from positions
    left join indicators.esi_permille as permille
        on positions.period = permille.period and positions.esi_field = permille.esi_field
),

growing as (
    select
        targets.*,
        archived.archived_count,
        targets.citations_count / nullif(season.citations_count, 0) as citations_growth,
        targets.threshold / nullif(season.threshold, 0) as threshold_growth
    from targets
    left join archived on targets.period = archived.period
    left join targets as season
        on
            targets.same_season_period = season.period
            and targets.esi_field = season.esi_field
            and targets.target = season.target
),

judged as (
    select
        *,
        case
            when citations_count is null or threshold is null then 'missing'
            when citations_count >= threshold then 'reached'
            when archived_count < 7 or citations_growth is null or threshold_growth is null then 'few_periods'
            when citations_growth <= threshold_growth then 'not_converging'
            else 'estimated'
        end as basis,
        6 * ln(threshold / nullif(citations_count, 0)) / nullif(ln(citations_growth / nullif(threshold_growth, 0)), 0)
            as raw_periods
    from growing
)

select
    period,
    esi_field,
    esi_field_zh,
    target,
    case target when 'institution' then '前1%' when 'permille' then '前1‰' end as target_zh,
    list_status,
    rank,
    citations_count,
    threshold as threshold_value,
    threshold - citations_count as gap,
    100 * citations_count / nullif(threshold, 0) as potential_percent,
    coalesce(citations_count < threshold and citations_count >= 0.8 * threshold, false) as is_potential,
    same_season_period,
    citations_growth,
    threshold_growth,
    case when basis = 'estimated' and raw_periods <= 18 then raw_periods end as periods_to_entry,
    case when basis = 'estimated' and raw_periods > 18 then 'over_three_years' else basis end as status,
    case
        when basis = 'missing' then '名单或阈值未到，不估计'
        when basis = 'reached' then '已达到'
        when basis = 'few_periods' then '归档不足 7 期或缺去年同期，不估计'
        when basis = 'not_converging' then '未收敛：被引增速不高于阈值增速'
        when raw_periods > 18 then '3 年以上'
        else '约 ' || cast(ceil(round(raw_periods, 6)) as bigint) || ' 期（估算）'
    end as outlook_zh
from judged
