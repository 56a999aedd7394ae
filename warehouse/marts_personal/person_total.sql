-- 教职工 × 窗口的各项合计
-- grain: one row per entity_type, entity_id, window_id
-- needs: person_staff_work
select * from library.main.entity_total('marts.person_staff_work')
