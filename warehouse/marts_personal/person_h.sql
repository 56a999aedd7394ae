-- 教职工 × 窗口的各来源的 h 与 g
-- grain: one row per entity_type, entity_id, window_id, source_kind
-- needs: person_staff_work
select * from library.main.entity_h('marts.person_staff_work')
