-- 全校、二级单位、期刊、学科 × 窗口 × 来源的 h 与 g
-- grain: one row per entity_type, entity_id, window_id, source_kind
-- needs: entity_work, work_measure, year_window
select * from library.main.entity_h('library.indicators.entity_work')
