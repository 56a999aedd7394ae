-- 象限图的界线与口径：印在图上的 x*、y*、口径、窗口、对象数
-- grain: one row per entity_type, scope, window_id, mode
-- mode_used 与 mode 不同：对象太少，改用中位数
select
    marks.entity_type,
    marks.scope,
    marks.window_id,
    windows.year_from,
    windows.year_to,
    windows.as_of,
    marks.mode,
    marks.mode_used,
    marks.output_mark,
    marks.impact_mark,
    marks.cnci_mark,
    marks.entities_count,
    marks.ranked_count,
    marks.n_min
from indicators.quadrant_mark as marks
inner join indicators.year_window as windows on marks.window_id = windows.window_id
