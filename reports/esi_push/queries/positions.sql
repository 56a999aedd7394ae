-- 本院有高被引论文的学科：本校位次与本院份额，按本院贡献排列
select
    units.esi_field_zh,
    case positions.status
        when 'listed' then '已进前 1 %'
        when 'not_listed' then '未进前 1 %'
        when 'incomplete' then '名单不全'
        when 'missing' then '名单未到'
    end as status_zh,
    positions.rank,
    positions.institutions_count,
    positions.position_percent,
    positions.documents_count,
    positions.citations_count,
    positions.rank_change,
    positions.previous_period,
    positions.is_comparable_previous,
    positions.same_season_period,
    positions.same_season_rank_change,
    positions.institution_threshold,
    case positions.threshold_basis when 'stated' then '阈值表' when 'last_listed' then '名单末位（上限估计）' end
        as threshold_basis_zh,
    positions.threshold_ratio,
    units.highly_cited_count,
    units.led_highly_cited_count,
    units.university_highly_cited_count,
    units.share,
    units.share_status
from marts_personal.esi_college_field as units
inner join marts.esi_field_position as positions
    on units.period = positions.period and units.esi_field = positions.esi_field
where units.period = getvariable('period') and units.unit_id = getvariable('unit_id')
order by units.highly_cited_count desc, units.esi_field_zh asc
