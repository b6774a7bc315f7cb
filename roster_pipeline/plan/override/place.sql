-- one row when the person is a member of the section in this role, or of the site
-- needs: roster.enrollments, roster.user_sites
SELECT 1 FROM roster.enrollments
WHERE user_id = $user_id::UUID AND section_id = $section_id::UUID AND role = $role AND status = 'active'
UNION ALL
SELECT 1 FROM roster.user_sites WHERE user_id = $user_id::UUID AND site_id = $site_id AND status = 'active'
